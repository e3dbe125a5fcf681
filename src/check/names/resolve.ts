import { eachKnown, type Check, type Judged } from '../check.ts';
import { failing, passed, skipped, warning } from '../check-result.ts';
import type { Known, Scene } from '../scene.ts';
import { isLoopback } from './own.ts';

export const namesResolve: Check = {
  name: 'NAMES_RESOLVE',
  title: 'it finds every host of the cluster by its name',
  why: 'A name that means another machine, or loopback, sends people and builds to the wrong place. Services of ours use addresses only, so a name that is not known is a warning.',
  severity: 'fail',
  remedy: 'The same lines in /etc/hosts everywhere, or a name server that knows the hosts.',
  judge: eachKnown((known, scene) => judged(known, scene)),
};

function judged(known: Known, scene: Scene): Omit<Judged, 'host'> {
  if (!known.extra.tools.has('getent')) {
    return skipped('the host has no "getent" to ask', 'sudo apt-get install libc-bin');
  }
  const wrong = scene.spec.hosts.flatMap((peer) => wrongAddress(known, peer.name, scene));
  const lines = scene.spec.hosts.map(({ name, address }) => `${address} ${name}`);
  const remedy = `Correct /etc/hosts or the name server: ${lines.slice(0, 3).join(', ')}${lines.length > 3 ? ' …' : ''}`;
  if (wrong.length > 0) return failing(wrong.join('; '), remedy);
  const unknown = scene.spec.hosts.filter(({ name }) => addressesOf(known, name).length === 0);
  if (unknown.length === 0) return passed(`${scene.spec.hosts.length} names`);
  const names = unknown.map(({ name }) => name).join(', ');
  return warning(`does not know ${names}`, `${remedy}; or checks: { NAMES_RESOLVE: off }.`);
}

function addressesOf({ extra }: Known, name: string): readonly string[] {
  return extra.names.get(name) ?? [];
}

function wrongAddress(known: Known, name: string, { spec, seen }: Scene): string[] {
  const peer = spec.hosts.find((host) => host.name === name);
  const facts = seen.find(({ host }) => host.name === name)?.facts;
  const own = [peer?.address, peer?.ssh.address, ...(facts?.addresses ?? []).map((a) => a.address)];
  const wrong = addressesOf(known, name).filter(
    (address) => isLoopback(address) || !own.includes(address),
  );
  return wrong.map((address) =>
    isLoopback(address)
      ? `${name} is ${address}, loopback`
      : `${name} is ${address}, planned is ${peer?.address ?? ''}`,
  );
}
