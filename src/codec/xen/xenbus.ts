// States of a connection (enum xenbus_state of xen/include/public/io/xenbus.h), which both ends write to XenStore.

/** The names of a connection's states, by number, 0 first (enum xenbus_state of xenbus.h). */
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

/** The state of an end that has published its nodes and waits for the other. */
export const XENBUS_INITIALISED = 3
/** The state of an end that serves the ring. */
export const XENBUS_CONNECTED = 4
/** The state of an end that was asked to let go. */
export const XENBUS_CLOSING = 5
/** The state of an end that has let go. */
export const XENBUS_CLOSED = 6
