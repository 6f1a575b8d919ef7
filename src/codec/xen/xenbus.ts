// States of a connection (enum xenbus_state of xen/include/public/io/xenbus.h), which both ends write to XenStore.

/** Names by number, 0 first. */
export const XENBUS_STATES: readonly string[] = [
  'Unknown',
  'Initialising',
  'InitWait',
  'Initialised',
  'Connected',
  'Closing',
  'Closed',
  'Reconfiguring',
  'Reconfigured',
]

export const XENBUS_INITIALISED = 3
export const XENBUS_CONNECTED = 4
export const XENBUS_CLOSING = 5
export const XENBUS_CLOSED = 6
