import { eachKnown, type Check, type Judged } from '../check.ts';
import { failing, passed, skipped } from '../check-result.ts';
import { isKnown, type Known, type Scene } from '../scene.ts';

export const duplicateMachineId: Check = {
  name: 'DUPLICATE_MACHINE_ID',
  title: 'a machine id of its own',
  why: 'Copied machines have the same id, by which DHCP servers and systemd take them for one: they get one address, and their logs are mixed.',
  severity: 'fail',
  remedy: '`rm /etc/machine-id; systemd-machine-id-setup`, then a reboot.',
  judge: unique(({ extra }) => [extra.machineId], {
    what: 'machine id',
    remedy: 'On the copy: sudo rm /etc/machine-id; sudo systemd-machine-id-setup; sudo reboot',
  }),
};

export const duplicateHostKey: Check = {
  name: 'DUPLICATE_HOST_KEY',
  title: 'SSH host keys of its own',
  why: 'With the key of one copied machine anybody can pass for the others, and known_hosts cannot tell them apart.',
  severity: 'fail',
  remedy: '`ssh-keygen -A` after removing the old ones.',
  judge: unique(({ extra }) => [...extra.hostKeys.values()], {
    what: 'host key',
    remedy:
      'On the copy: sudo rm /etc/ssh/ssh_host_*; sudo ssh-keygen -A; sudo systemctl restart ssh; then correct known_hosts.',
  }),
};

export const duplicateHostname: Check = {
  name: 'DUPLICATE_HOSTNAME',
  title: 'a host name of its own',
  why: 'Logs and the pages of Mesos name hosts by it; with the same name twice nobody knows which one is meant.',
  severity: 'fail',
  remedy: '`hostnamectl set-hostname NAME`',
  judge: unique(({ extra }) => [extra.hostname], {
    what: 'host name',
    remedy: 'sudo hostnamectl set-hostname NAME, and the same name in /etc/hosts.',
  }),
};

interface Trait {
  readonly what: string;
  readonly remedy: string;
}

type Values = (known: Known) => readonly (string | undefined)[];

function unique(values: Values, { what, remedy }: Trait): Check['judge'] {
  return eachKnown((known, scene) => {
    const own = filled(values(known));
    if (own.length === 0) return skipped(`no ${what} could be read`, 'Look at it by hand.');
    const twins = twinsOf(known, scene, values);
    if (twins.length === 0) return passed(`shared with no other host`);
    return failing(`the same ${what} as ${twins.join(', ')}`, remedy) satisfies Judged;
  });
}

function twinsOf(known: Known, { seen }: Scene, values: Values): string[] {
  const own = filled(values(known));
  return seen
    .filter(isKnown)
    .filter((other) => other.host.name !== known.host.name)
    .filter((other) => filled(values(other)).some((value) => own.includes(value)))
    .map(({ host }) => host.name);
}

function filled(values: readonly (string | undefined)[]): string[] {
  return values.flatMap((value) => (value === undefined || value === '' ? [] : [value]));
}
