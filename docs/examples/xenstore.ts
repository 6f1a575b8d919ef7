// XenStore's text to devices: what xenstore-ls prints, of a device or of the whole host.
import { parseXenstore, ringRefs } from 'blkring/xenstore'

const [device] = parseXenstore(`
/local/domain/3/device/vbd/51712/backend = "/local/domain/0/backend/vbd/3/51712"
/local/domain/3/device/vbd/51712/protocol = "x86_64-abi"
/local/domain/3/device/vbd/51712/ring-ref = "8"
/local/domain/0/backend/vbd/3/51712/sectors = "2048"
`)
if (device) console.log(device.frontend.get('protocol'), `ring at gref ${ringRefs(device)}`, `${device.backend.get('sectors')} sectors`)
