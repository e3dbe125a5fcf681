import { performance } from 'node:perf_hooks';

const parts = [];

/** Runs one part of the work under a headline and remembers how long it took. */
export async function part(title, work) {
  console.log(`\n=== ${title}`);
  const start = performance.now();
  try {
    return await work();
  } finally {
    addPart(title, (performance.now() - start) / 1000);
  }
}

export function addPart(title, seconds) {
  parts.push({ title, seconds });
}

/** Table of all parts; those that begin with a space are part of the one before. */
export function printParts() {
  const total = parts.filter(({ title }) => !title.startsWith(' '));
  const rows = [
    ...parts,
    { title: 'total', seconds: total.reduce((sum, p) => sum + p.seconds, 0) },
  ];
  const width = Math.max(...rows.map(({ title }) => title.length));
  console.log('\n=== seconds');
  for (const { title, seconds } of rows) {
    console.log(`${title.padEnd(width)}  ${seconds.toFixed(1).padStart(6)}`);
  }
}
