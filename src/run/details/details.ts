import { ClusterError } from '../../errors.ts';
import { parseDetails, type HostDetails } from '../../plan/diff/details.ts';
import type { Details } from '../../plan/diff/plan-changes.ts';
import type { Plan } from '../../plan/step.ts';
import type { Ports, RemoteHost } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import type { Look } from '../look.ts';
import { readDefinitions } from './definitions.ts';
import { detailsArguments } from './request.ts';

const detailsDeadlineMs = 60_000;

/**
 * What is there now in the place of what the plan writes: one more command on each host with such a
 * change, and the definitions of its apps. Changes nothing.
 */
export async function readDetails(
  { input, sight }: Look,
  plan: Plan,
  ports: Ports,
): Promise<Details> {
  const mask = ports.maskOf(input.spec.jenkins.map(({ admin }): Secret => admin.password));
  const asked = [...detailsArguments(plan, input)].flatMap(([host, args]) => {
    const remote = sight.remotes.get(host);
    return remote === undefined ? [] : [{ remote, args }];
  });
  const [hosts, apps] = await Promise.all([
    Promise.all(
      asked.map(async ({ remote, args }) => {
        return [remote.name, await askHost(remote, args, { ports, mask })] as const;
      }),
    ),
    readDefinitions(sight, plan),
  ]);
  return { hosts: new Map(hosts), apps };
}

interface Asking {
  readonly ports: Ports;
  /** A secret that somebody copied into a file of ours must not be printed because it goes away. */
  readonly mask: (text: string) => string;
}

async function askHost(
  remote: RemoteHost,
  args: readonly string[],
  { ports, mask }: Asking,
): Promise<HostDetails> {
  const ran = await remote.run(['sh', '-s', '--', ...args], {
    input: [ports.templates['remote/details.sh'] ?? ''],
    deadlineMs: detailsDeadlineMs,
    signal: ports.signal,
    asRoot: true,
  });
  try {
    return maskedDetails(parseDetails(ran.stdout), mask);
  } catch (cause) {
    const why = (cause as Error).message;
    const message = `cannot read what is to be changed on ${remote.name}: ${why}`;
    throw new ClusterError('FACTS_UNREADABLE', message, {
      ...{ host: remote.name, cause },
      evidence: ran.stderr.split('\n').filter((line) => line !== ''),
      remedy: 'A login shell that prints text can cause this; run the same command again.',
    });
  }
}

function maskedDetails(details: HostDetails, mask: (text: string) => string): HostDetails {
  const files = [...details.files].map(([path, { sizeBytes, text }]) => {
    return [path, { sizeBytes, text: text === undefined ? undefined : mask(text) }] as const;
  });
  const containers = [...details.containers].map(([name, container]) => {
    const { command, env } = container;
    return [name, { ...container, command: command.map(mask), env: env.map(mask) }] as const;
  });
  return { ...details, files: new Map(files), containers: new Map(containers) };
}
