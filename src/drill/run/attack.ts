import { actOf, awaitStanding, callText, confirmOne, makeCall, strikeOne } from './blows.ts';
import { begin, confirmed, enter, type Course, type Story } from './story.ts';
import { healAll } from './switches.ts';

/** The fault begins with the first blow, and is in effect when the last of them is. */
export async function attack(course: Course, story: Story): Promise<void> {
  const { plan, log, blows, at } = course;
  enter(course, 'inject');
  const { attack: how } = plan;
  if (how.kind === 'in-turn') return;
  const strikes = how.kind === 'hosts' ? how.strikes : [];
  const acts = how.kind === 'call' ? [callText(how.call)] : strikes.map(actOf);
  await log.intent(acts.join('; '));
  begin(course, story, acts.join('; '));
  const made = how.kind === 'call' ? await makeCall(blows, how.call) : undefined;
  await Promise.all(byHost(strikes).map((list) => inOrder(list, (one) => strikeOne(blows, one))));
  enter(course, 'confirm');
  const confirmations =
    made === undefined
      ? await Promise.all(strikes.map((one) => confirmOne(blows, one)))
      : [await made()];
  confirmed(course, story, { confirmations, at: at() });
}

function byHost<T extends { readonly host: string }>(items: readonly T[]): readonly T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(item.host, [...(groups.get(item.host) ?? []), item]);
  return [...groups.values()];
}

async function inOrder<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}

export async function inTurn(course: Course, story: Story): Promise<void> {
  const { plan, blows, log, at } = course;
  if (plan.attack.kind !== 'in-turn') return;
  const { strikes, holdMs = 0 } = plan.attack;
  for (const one of strikes) {
    if (story.aborted !== undefined) return;
    await log.intent(actOf(one));
    begin(course, story, actOf(one));
    await strikeOne(blows, one);
    confirmed(course, story, { confirmations: [await confirmOne(blows, one)], at: at() });
    await blows.ports.clock.sleep(holdMs, blows.ports.signal);
    if (holdMs > 0) await healAll(blows);
    await awaitStanding(blows, one, plan.observeMs);
  }
}
