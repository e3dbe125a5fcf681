import { eachSeen, type Check } from '../check.ts';
import { failing, passed, skipped } from '../check-result.ts';

export const sshForwarding: Check = {
  name: 'SSH_FORWARDING',
  title: 'sshd forwards channels to the services',
  why: 'Services are asked for their health through the SSH connection, so that none of their ports has to be open to the operator. Without it no gate is ever reached.',
  severity: 'fail',
  remedy: '`AllowTcpForwarding yes` (or `local`) for this login in sshd_config.',
  judge: eachSeen(({ host }, { forwarding }) => {
    if (!forwarding.has(host.name)) return skipped('not asked', 'Switch the check on.');
    const why = forwarding.get(host.name);
    if (why === undefined) return passed('a channel was opened');
    const remedy = `Set "AllowTcpForwarding local" for ${host.ssh.user} in /etc/ssh/sshd_config, then sudo systemctl reload ssh.`;
    return failing(`sshd refuses to forward: ${why}`, remedy);
  }),
};
