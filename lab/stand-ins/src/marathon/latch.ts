const participant = /^_c_.+-latch-\d{10}$/;

/** The znodes of Curator's LeaderLatch, first the one that leads: lowest suffix, whatever the name. */
export function participantsInOrder(names: readonly string[]): string[] {
  return names.filter((name) => participant.test(name)).sort((a, b) => suffix(a) - suffix(b));
}

function suffix(name: string): number {
  return Number(name.slice(-10));
}
