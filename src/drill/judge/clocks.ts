import type { View } from './view.ts';

/** Beyond this error, times of a host say too little. */
const worstErrorMs = 500;
/** Two crystals drift by less than this in the minutes of a drill. */
const driftMs = 100;

/** Why times from inside cannot be compared with ours; empty if they can. */
export function clockFaults({ recording, streams }: View): readonly string[] {
  const back = streams
    .filter(({ backMs, clockErrorMs }) => backMs > driftMs + clockErrorMs)
    .map(({ from }) => from);
  const hosts = new Set(streams.map(({ from }) => from).filter((from) => from !== 'operator'));
  const backwards = [...new Set(back)].map((from) => `the samples from ${from} go back in time`);
  const doubts = [...hosts].flatMap((host) => {
    const known = recording.clocks.filter((clock) => clock.host === host);
    const isSure = known.some(({ errorMs }) => errorMs >= 0 && errorMs <= worstErrorMs);
    if (!isSure) return [`the clock of ${host} is not known well enough`];
    const jumped = known.some((one) =>
      known.some(
        (other) =>
          !(Math.abs(one.offsetMs - other.offsetMs) <= one.errorMs + other.errorMs + driftMs),
      ),
    );
    return jumped ? [`the clock of ${host} jumped`] : [];
  });
  return [...backwards, ...doubts];
}
