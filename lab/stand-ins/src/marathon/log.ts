/** Lines in the form of Marathon's logback configuration, on stdout. */
export interface Log {
  readonly info: (text: string) => void;
  readonly warning: (text: string) => void;
  readonly error: (text: string) => void;
}

export function createLog(write: (line: string) => void, now: () => Date): Log {
  const line = (level: string) => (text: string) => {
    const stamp = now().toISOString().replace('T', ' ').replace('.', ',').replace('Z', '');
    write(`[${stamp}] ${level.padEnd(5)} ${text} (marathon:main)\n`);
  };
  return { info: line('INFO'), warning: line('WARN'), error: line('ERROR') };
}
