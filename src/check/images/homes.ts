import type { Check } from '../check.ts';
import { eachKnown } from '../check.ts';
import { passed, warning } from '../check-result.ts';
import { homesOn } from '../facts-arguments.ts';

export const jenkinsHomeLock: Check = {
  name: 'JENKINS_HOME_LOCK',
  title: 'a shared home of Jenkins is one place with one lock',
  why: 'Two controllers on one home would corrupt it. A file in it is locked from one host, refused to every other, and free again after it.',
  severity: 'fail',
  remedy: 'The same folder on every Mesos agent, with locks (NFS 4, or 3 without `nolock`).',
  judge: ({ homeLocks }) => {
    if (homeLocks.length === 0) return [passed('no home is shared')];
    return homeLocks;
  },
};

export const jenkinsHomeOwner: Check = {
  name: 'JENKINS_HOME_OWNER',
  title: 'homes of Jenkins belong to uid 1000',
  why: 'The controller runs as uid 1000. A home that was copied by root keeps files that Jenkins cannot write, and it does not start.',
  severity: 'warn',
  remedy: '`chown -R 1000:1000` while the controller is stopped.',
  judge: eachKnown(({ host, extra }, { spec }) => {
    const homes = homesOn(spec, host);
    const strange = homes.flatMap((home) => {
      const found = extra.homes.get(home);
      return found === undefined ? [] : [{ home, found }];
    });
    if (strange.length === 0) return passed(homes.length === 0 ? 'no home here' : homes.join(', '));
    const told = strange.map(
      ({ home, found }) => `${found} in ${home} does not belong to uid 1000`,
    );
    const remedy = `Stop the controller, then: sudo chown -R 1000:1000 ${strange[0]?.home ?? ''}`;
    return warning(told.join('; '), remedy);
  }),
};
