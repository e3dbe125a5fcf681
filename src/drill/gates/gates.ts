import type { GateResult } from '../drill-plan.ts';
import {
  gatewayElsewhere,
  marathonStandby,
  mesosMargin,
  roomInPool,
  zookeeperMargin,
} from './margins.ts';
import { healsItself, labOnly, possible, wayIn } from './means.ts';
import type { DrillGate, Question } from './question.ts';
import { healthy, noBuilds, noDeployment, noDrill, noMaintenance, settled } from './quiet.ts';
import {
  executorsSurvive,
  marathonFramework,
  ownLines,
  pingsOutlastSession,
  restartPolicy,
  sessionsFit,
} from './settings.ts';

/** All that must hold before a fault is caused; what nobody could tell counts as no. */
const gates: readonly DrillGate[] = [
  ...[labOnly, healthy, zookeeperMargin, mesosMargin, marathonStandby, gatewayElsewhere],
  ...[roomInPool, noDrill, noDeployment, noMaintenance, settled, noBuilds],
  ...[restartPolicy, executorsSurvive, marathonFramework, pingsOutlastSession, sessionsFit],
  ...[ownLines, possible, healsItself, wayIn],
];

export function gateResults(question: Question): readonly GateResult[] {
  return gates.flatMap((ask) => ask(question) ?? []);
}
