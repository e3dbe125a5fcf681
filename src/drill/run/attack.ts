import { actOf, awaitStanding, callText, confirmOne, makeCall, strikeOne } from './blows.ts';
import type { Strike } from '../fault.ts';
import type { Ms } from '../sample.ts';
import { begin, confirmed, enter, told, type Course, type Story } from './story.ts';
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
  const asked = at();
  const made = how.kind === 'call' ? await makeCall(blows, how.call) : undefined;
  // Interrupted in the middle, the fault counts from when it was asked for.
  begin(story, asked);
  const begun = await Promise.all(byHost(strikes).map((list) => inOrder(list, course)));
  begin(story, Math.max(asked, Math.min(...begun, at())));
  if (made !== undefined) begin(story, asked);
  told(course, story, acts.join('; '));
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

/** When the first of them was begun, by the clock of the drill. */
async function inOrder(strikes: readonly Strike[], { blows, at }: Course): Promise<Ms> {
  let first: Ms | undefined;
  for (const one of strikes) {
    const agoMs = await strikeOne(blows, one);
    first ??= at() - agoMs;
  }
  return first ?? at();
}

export async function inTurn(course: Course, story: Story): Promise<void> {
  const { plan, blows, log, at } = course;
  if (plan.attack.kind !== 'in-turn') return;
  const { strikes, holdMs = 0 } = plan.attack;
  for (const one of strikes) {
    if (story.aborted !== undefined) return;
    await log.intent(actOf(one));
    story.injectedAt ??= at();
    const begun = await inOrder([one], course);
    if (one === strikes[0]) begin(story, begun);
    told(course, story, actOf(one));
    confirmed(course, story, { confirmations: [await confirmOne(blows, one)], at: at() });
    await blows.ports.clock.sleep(holdMs, blows.ports.signal);
    if (holdMs > 0) await healAll(blows);
    await awaitStanding(blows, one, plan.observeMs);
  }
}
