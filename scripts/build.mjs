// Bundles the command line into dist/ and the lab's stand-ins into lab/stand-ins/dist/.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

await rm(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  // Small ones are bundled: one file starts faster than fifty. These bring files of their own, or ask
  // where their file is.
  external: ['ssh2', 'node-zookeeper-client', 'write-file-atomic'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

await rm(`${root}lab/stand-ins/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: `${root}lab/stand-ins`,
  entryPoints: ['mesos-master', 'mesos-agent', 'marathon', 'jenkins'].map(
    (name) => `src/${name}/main.ts`,
  ),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  entryNames: '[dir]',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node18',
  sourcemap: false,
  logLevel: 'warning',
});
