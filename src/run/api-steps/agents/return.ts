import { returnAgentId } from '../../owed.ts';
import type { Run } from '../../run.ts';
import type { Call } from '../call.ts';
import { awaitRegistration, giveBack } from './give-back.ts';
import { hostNamed } from './hosts.ts';

/** What `vacate-agent` took, in this run or in one that died. */
export function returnAgent(run: Run, name: string): Call {
  const host = hostNamed(run, name);
  const call = async (): Promise<boolean> => {
    await awaitRegistration(run, host);
    const changed = await giveBack(run, host);
    run.undo.delete(returnAgentId(name));
    return changed;
  };
  return { host, call };
}
