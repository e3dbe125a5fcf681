import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const deadlineMs = 55_000;

/**
 * Debian's own Python, for another one on the path does not see Debian's packages; a script of this folder, its JSON
 * from stdout. Without the machine's proxies: everything is on loopback.
 */
export function runPython(
  script: string,
  argv: readonly string[],
  input: string,
): Promise<Readonly<Record<string, unknown>>> {
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/python3', ['-B', file, ...argv], {
      env: { PATH: '/usr/bin:/bin' },
      timeout: deadlineMs,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as Record<string, unknown>);
      else reject(new Error(`${script} ended with ${code ?? 'a signal'}: ${err}`));
    });
    child.stdin.end(input);
  });
}
