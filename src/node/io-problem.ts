/** The words for a failed system call. */
export function ioProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  switch (code) {
    case 'ENOENT':
      return 'no such file or directory'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'is a directory'
    case 'ENOTDIR':
      return 'a part of the path is not a directory'
    case 'ELOOP':
      return 'too many symbolic links'
    case 'EIO':
      return 'the device or file cannot be read (input/output error)'
    case 'ENOSPC':
      return 'no space left on device'
    case 'EDQUOT':
      return 'no space left under your quota'
    case 'EFBIG':
      return 'the file would be larger than it may be'
    case 'EROFS':
      return 'the file system is read-only'
    default:
      return code ?? (error instanceof Error ? error.message : String(error))
  }
}
