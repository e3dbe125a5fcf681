import type { Check } from './check.ts';
import { checkNames } from './check-names.ts';
import { printable } from './fault.ts';
import { nearestOf } from './nearest.ts';

/** A mistyped name would leave the check as it is, without a word. */
export const checkSwitches: Check = ({ file }) =>
  Object.keys(file.checks)
    .filter((name) => !checkNames.some((known) => known === name))
    .map((name) => {
      const nearest = nearestOf(name, checkNames);
      const hint =
        nearest === undefined ? 'docs/check.md lists them' : `did you mean \`${nearest}\`?`;
      const message = `unknown check \`${printable(name)}\`, ${hint}`;
      return { path: ['checks', name], at: 'key', whole: true, message };
    });
