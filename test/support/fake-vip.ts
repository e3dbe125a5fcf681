import { running, type FakeMachine } from './fake-machine.ts';

interface Speaker {
  readonly machine: FakeMachine;
  readonly priority: number;
}

/** The machine that has an address which keepalived moves: the highest of those whose HAProxy serves. */
export function holderOf(
  machines: ReadonlyMap<string, FakeMachine>,
  address: string,
): FakeMachine | undefined {
  const speakers = [...machines.values()].flatMap((machine): Speaker[] => {
    const config =
      running(machine, 'keepalived')?.seen.get('/etc/keepalived/keepalived.conf') ?? '';
    const gateway = running(machine, 'gateway');
    if (!config.includes(`    ${address}/32\n`) || gateway?.frozen !== false) return [];
    return [{ machine, priority: Number(/^ {2}priority (\d+)$/m.exec(config)?.[1]) }];
  });
  return speakers.toSorted((one, other) => other.priority - one.priority)[0]?.machine;
}
