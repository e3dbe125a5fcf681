import { ClusterError } from '../../errors.ts';
import { judge } from '../judge/judge.ts';
import type { Judgement } from '../judgement.ts';
import type { Recording } from '../recording.ts';
import { attack } from './attack.ts';
import { buildUntilGood, type BuildPlace } from './builds.ts';
import { healNow, observe } from './observing.ts';
import { abort, enter, newStory, recordingOf, tell, type Course, type Story } from './story.ts';
import { armAll, disarmAll, keepAwake, residueLeft } from './switches.ts';

export interface Performed {
  readonly recording: Recording;
  readonly judgement: Judgement;
  /** What kept hosts from being healed: then their switches stay armed. */
  readonly unhealed: readonly ClusterError[];
}

/**
 * Baseline, arm, inject, confirm, observe, heal, verify, disarm: whatever happens between, the way to
 * the end goes through healing. An interruption is told in the recording and not thrown.
 */
export async function perform(course: Course): Promise<Performed> {
  const story = newStory();
  const leaving = new AbortController();
  const unhealed: ClusterError[] = [];
  try {
    await untilSeen(course, story, leaving.signal);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    abort(course, story, error.message);
  } finally {
    unhealed.push(...(await takeBack(course, story)));
    leaving.abort();
  }
  await verify(course, story);
  unhealed.push(...(await disarmed(course, story, unhealed)));
  const recording = recordingOf(course, story);
  const judgement = judge(recording);
  enter(course, 'report');
  await course.log.judgement(judgement);
  return { recording, judgement, unhealed };
}

async function untilSeen(course: Course, story: Story, leaving: AbortSignal): Promise<void> {
  const { watching, log, blows } = course;
  enter(course, 'baseline');
  story.baseline = await watching.baseline();
  log.baseline(story.baseline, watching.clocks());
  await watchFlight(course, story);
  enter(course, 'arm');
  await armAll(blows, log);
  const stopRenewing = keepAwake(blows, (why) => {
    if (!story.isHealing) abort(course, story, why);
  });
  try {
    await attack(course, story);
    if (course.builder !== undefined) void buildAfter(course, course.builder, { story, leaving });
    await observe(course, story);
  } finally {
    await stopRenewing();
  }
}

async function watchFlight({ flight, log }: Course, { builds }: Story): Promise<void> {
  if (flight === undefined) return;
  const why = await flight.started;
  if (why !== undefined) {
    throw new ClusterError('GATE_NOT_REACHED', `no build is in flight: ${why}`, {
      remedy: 'ci-cluster build tells why builds do not run; nothing was broken.',
    });
  }
  void flight.ended.then((build) => {
    builds.set('in-flight', build);
    log.build(build);
  });
}

async function buildAfter(
  { log, at, blows }: Course,
  builder: BuildPlace,
  { story, leaving }: { readonly story: Story; readonly leaving: AbortSignal },
): Promise<void> {
  const signal = AbortSignal.any([blows.ports.signal, leaving]);
  await buildUntilGood({ ...builder, ports: { ...builder.ports, signal } }, at, (build) => {
    story.builds.set(`after ${build.startedAt}`, build);
    log.build(build);
  });
}

/** Also after pass, fail, interruption: what was armed is healed before anything else. */
async function takeBack(course: Course, story: Story): Promise<readonly ClusterError[]> {
  return story.healedAt === undefined ? await healNow(course, story) : [];
}

/** What cannot be looked at is unknown to the judge; it must not keep hosts from being disarmed. */
async function verify(course: Course, story: Story): Promise<void> {
  enter(course, 'verify');
  const { log, watching } = course;
  try {
    if (story.baseline !== undefined && story.injectedAt !== undefined) {
      const rest = await watching.aftermath();
      story.aftermath = { ...rest, residue: await residueLeft(course.blows) };
      log.aftermath(story.aftermath);
    }
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    tell(course, `not verified: ${error.message}`);
  }
  await watching.stop();
  await landed(course, story);
}

const landingMs = 90_000;

/** The build in flight gets its time to end; with nothing broken nobody waits for it. */
async function landed({ flight, blows, plan }: Course, story: Story): Promise<void> {
  if (flight === undefined) return;
  const { clock, signal } = blows.ports;
  const isHopeless = story.injectedAt === undefined || plan.expects.mayLoseBuild !== undefined;
  const late = clock.sleep(isHopeless ? 1 : landingMs, signal).catch(() => undefined);
  await Promise.race([flight.ended, late]);
  flight.giveUp();
  story.builds.set('in-flight', await flight.ended);
}

async function disarmed(
  course: Course,
  story: Story,
  unhealed: readonly ClusterError[],
): Promise<readonly ClusterError[]> {
  if (unhealed.length > 0) return [];
  enter(course, 'disarm');
  const isClean = story.aftermath === undefined || story.aftermath.residue?.length === 0;
  return isClean ? await disarmAll(course.blows) : [];
}
