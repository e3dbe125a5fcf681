/**
 * The core whose contract this stand-in keeps, and the last LTS line that runs on Debian 12's Java 17
 * (2.479.1 and later need 17, 2.555 and later 21).
 */
export const version = '2.541.3';
/** Of the remoting library in that core, as far as agents and clients look at it. */
export const remotingMinimumVersion = '3107.v665000b_51092';
