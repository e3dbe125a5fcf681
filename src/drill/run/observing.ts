import type { ClusterError } from '../../errors.ts';
import { judge } from '../judge/judge.ts';
import { inTurn } from './attack.ts';
import { enter, recordingOf, tell, type Course, type Story } from './story.ts';
import { healAll } from './switches.ts';

const lookMs = 1000;

/** Until everything was seen that the bounds name, the fault taken back when its time is over. */
export async function observe(course: Course, story: Story): Promise<void> {
  const { plan, blows, at } = course;
  enter(course, 'observe');
  await inTurn(course, story);
  if (story.confirmations.some((one) => !one.confirmed)) return;
  const limit = (story.injectedAt ?? at()) + plan.observeMs;
  while (story.aborted === undefined && at() < limit) {
    if (await isOver(course, story)) return;
    await blows.ports.clock.sleep(lookMs, blows.ports.signal);
  }
}

async function isOver(course: Course, story: Story): Promise<boolean> {
  const { bounds } = judge(recordingOf(course, story));
  const isSeen = (from: 'injected' | 'healed') =>
    bounds.every((bound) => bound.from !== from || bound.tookMs !== undefined);
  if (story.healedAt !== undefined) return isSeen('injected') && isSeen('healed');
  if (isDue(course, story, isSeen('injected'))) await healNow(course, story);
  return false;
}

/** A fault of a moment is taken back when all that follows from it was seen. */
function isDue({ plan, at }: Course, { injectedAt = 0 }: Story, isRecovered: boolean): boolean {
  const { attack: how } = plan;
  const heldMs = at() - injectedAt;
  if (how.kind !== 'hosts' || how.holdMs === 0) return isRecovered;
  return heldMs >= how.holdMs || (how.until === 'recovered' && isRecovered);
}

export async function healNow(course: Course, story: Story): Promise<readonly ClusterError[]> {
  if (course.blows.armed.size === 0 && story.injectedAt === undefined) return [];
  enter(course, 'heal');
  story.isHealing = true;
  const faults = await healAll(course.blows);
  if (faults.length > 0 || story.injectedAt === undefined) return faults;
  story.healedAt ??= course.at();
  course.log.healed(story.healedAt);
  tell(course, 'taken back');
  return [];
}
