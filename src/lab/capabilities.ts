/** Linux capabilities by their number (linux/capability.h, complete up to 6.12). */
const names = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID'],
  ...['SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW'],
  ...['IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT'],
  ...['SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD'],
  ...['LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG'],
  ...['WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE'],
];

/**
 * Capabilities that this machine cannot give away (`CapBnd` of `/proc/self/status`). Docker refuses
 * `--privileged` and `--cap-add=ALL` where one is missing, until each of them is dropped by name.
 */
export function missingCapabilities(status: string): readonly string[] {
  const bits = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (bits === undefined) return [];
  const bounding = BigInt(`0x${bits}`);
  const highest = bounding.toString(2).length;
  return names.filter((_, i) => i < highest && ((bounding >> BigInt(i)) & 1n) === 0n);
}
