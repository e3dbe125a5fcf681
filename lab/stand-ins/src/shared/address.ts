import { lookup, lookupService } from 'node:dns/promises';
import { hostname as machineName } from 'node:os';
import { withDeadline } from './clock.ts';
import { FlagError, type Flags } from './flags.ts';

/** Where a Mesos process listens and what it tells others. */
export interface Address {
  readonly bindIp: string;
  readonly ip: string;
  readonly port: number;
  readonly advertisedPort: number;
  readonly hostname: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const lookupMs = 2000;

/** From flags, then from libprocess' variables (docs/configuration/libprocess.md), then from the machine. */
export async function resolveAddress(flags: Flags, env: Environment): Promise<Address> {
  const bindIp = flags.text('ip') ?? env['LIBPROCESS_IP'];
  const ip = flags.text('advertise_ip') ?? env['LIBPROCESS_ADVERTISE_IP'] ?? bindIp;
  const known = ip === undefined || ip === '0.0.0.0' ? await ownIp() : ip;
  const port = flags.number('port');
  const advertised = flags.text('advertise_port') ?? env['LIBPROCESS_ADVERTISE_PORT'];
  return {
    bindIp: bindIp ?? '0.0.0.0',
    ip: known,
    port,
    advertisedPort: advertised === undefined ? port : Number(advertised),
    hostname: flags.text('hostname') ?? (await hostnameOf(known, flags)),
  };
}

async function ownIp(): Promise<string> {
  const name = machineName();
  try {
    const found = await withDeadline(lookup(name, { family: 4 }), lookupMs, 'no answer');
    return found.address;
  } catch (cause) {
    throw new FlagError(
      `Failed to obtain the IP address for '${name}'; the DNS service may not be able to resolve it`,
      { cause },
    );
  }
}

async function hostnameOf(ip: string, flags: Flags): Promise<string> {
  if (!flags.isOn('hostname_lookup')) return ip;
  try {
    return (await withDeadline(lookupService(ip, 80), lookupMs, 'no answer')).hostname;
  } catch {
    return ip;
  }
}

/** 127.0.0.1 → 16777343: the deprecated `ip` of MasterInfo, in network byte order. */
export function networkOrder(ip: string): number {
  return ip.split('.').reduceRight((sum, part) => sum * 256 + Number(part), 0);
}
