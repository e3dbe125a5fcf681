import { eachKnown, type Check } from '../check.ts';
import { failing, passed, warning } from '../check-result.ts';
import type { Known } from '../scene.ts';

export const nameOwn: Check = {
  name: 'NAME_OWN',
  title: 'its own name leads to its address, not to loopback',
  why: 'Debian and Ubuntu write the name of the host on 127.0.1.1. Programs that look themselves up then tell others to connect to loopback. Ours are told their address; builds and other programs are not.',
  severity: 'fail',
  remedy: 'The service address in /etc/hosts instead of 127.0.1.1.',
  fixes:
    'replaces the address of a line of /etc/hosts that has the own names of the host and no others',
  judge: eachKnown((known) => {
    const { host, extra } = known;
    const { hostname, ownName, hostsLine } = extra;
    const shown = `${hostname} is ${ownName.join(', ')}`;
    if (ownName.length === 0) {
      const remedy = `Add "${host.address} ${hostname}" to /etc/hosts.`;
      return warning(`the host does not find its own name ${hostname}`, remedy);
    }
    if (ownName.some(isLoopback)) {
      const remedy =
        'Write the service address before the name in /etc/hosts, not loopback; with cloud-init also manage_etc_hosts: false.';
      const { address: from = '', names = [] } = hostsLine ?? {};
      const step = { kind: 'correct-hosts-line', from, to: host.address, names } as const;
      return { ...failing(shown, remedy), fix: hostsLine === undefined ? [] : [step] };
    }
    if (ownName.every((address) => isOwn(known, address))) return passed(shown);
    const remedy = `Correct the name ${hostname} in /etc/hosts or in your name server.`;
    return failing(`${shown}, which is not this host`, remedy);
  }),
};

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** The host may have further addresses, for SSH or for people. */
function isOwn({ host, facts }: Pick<Known, 'host' | 'facts'>, address: string): boolean {
  const own = [host.address, host.ssh.address, ...facts.addresses.map((one) => one.address)];
  return own.includes(address);
}
