import type { Invariant } from '../judgement.ts';
import { epochsGrow } from './epochs.ts';
import { inFlightKept, jobsKept, newBuildFinished, steadyAgain, writesKept } from './kept-data.ts';
import { agentsKept, frameworksKept, tasksKept } from './kept-ids.ts';
import { leaderKinds, oneLeader, othersStay } from './leadership.ts';
import type { View } from './view.ts';

export function invariantsOf(view: View): readonly Invariant[] {
  return [
    ...leaderKinds
      .filter((kind) => (view.baseline?.members[kind].length ?? 1) > 0)
      .map((kind) => oneLeader(view, kind)),
    othersStay(view),
    epochsGrow(view),
    writesKept(view),
    agentsKept(view),
    frameworksKept(view),
    tasksKept(view),
    jobsKept(view),
    inFlightKept(view),
    newBuildFinished(view),
    steadyAgain(view),
  ];
}
