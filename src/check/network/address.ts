import { eachSeen, type Check } from '../check.ts';
import { failing, passed, skipped } from '../check-result.ts';

export const hostAddress: Check = {
  name: 'HOST_ADDRESS',
  title: 'the host has its service address',
  why: 'Every service binds this address. On a host behind NAT, or after a change of its address, none of them starts.',
  severity: 'fail',
  remedy: 'Correct `hosts.NAME.address` in the cluster file.',
  judge: eachSeen(({ host, facts }) => {
    if (facts.addresses.length === 0) {
      return skipped('the host has no "ip" to tell', 'sudo apt-get install iproute2');
    }
    const own = facts.addresses.find(({ address }) => address === host.address);
    if (own !== undefined) return passed(`${host.address} on ${own.name}`);
    const others = facts.addresses.map(({ address }) => address).filter((one) => !isLocal(one));
    return failing(
      `no interface has ${host.address}; the host has ${others.join(', ') || 'none'}`,
      `Correct hosts.${host.name}.address in the cluster file.`,
    );
  }),
};

function isLocal(address: string): boolean {
  return address.startsWith('127.');
}
