import { hostsOf, type Lab } from './lab.ts';
import { labFolder } from './state.ts';
import type { Tools } from './tools.ts';

/** What a newcomer may want to type once the lab is up. */
export function tryNext(tools: Pick<Tools, 'env' | 'root'>, lab: Lab): string {
  const folder = labFolder(tools.root, lab.name);
  const agent = hostsOf(lab, 'agent')[0]?.address ?? '';
  const master = hostsOf(lab, 'master')[0]?.address ?? '';
  const name = lab.name === 'lab' ? '' : ` --name ${lab.name}`;
  // The state folder of root is another one than the user's.
  const program = `${tools.env['SUDO_USER'] === undefined ? '' : 'sudo '}npx ci-cluster`;
  const rows = [
    [`${program} lab exec${name} -- status`, 'the whole stack on one screen'],
    [`${program} lab exec${name} -- init`, 'finds nothing to change'],
    [`curl http://${agent}:8081/login`, 'Jenkins through the gateway'],
    [
      `ssh -i ${folder}/id_ed25519 -o UserKnownHostsFile=${folder}/known_hosts ops@${master}`,
      'look around on a host',
    ],
    [`${program} lab down${name}`, 'remove everything'],
  ];
  return ['Try next:', ...rows.map(([command, what]) => `  ${command}\n      ${what}`)].join('\n');
}
