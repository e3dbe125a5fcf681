import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeClock } from '../shared/support/fake-clock.ts';
import { startSite, until, type Site } from './support/site.ts';
import { replayAll, situation } from './support/situation.ts';

/** Masters of which one is enough: with passwords, without ZooKeeper, with a ZooKeeper that refuses. */
export function aloneSituations(): void {
  describe('masters alone', () => {
    const guarded = situation('70-authentication');
    const standalone = situation('71-standalone');
    const refused = situation('22-zk-refused');
    let folder: string;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'stand-in-alone-'));
    });

    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    test('HTTP authentication, on the leader and on a standby', async () => {
      const sites = await guardedPair(folder);
      for (const who of ['none', 'bad', 'good']) {
        for (const [at, port] of [5156, 5157].entries()) {
          const answers = guarded.filter((one) => one.who === who && one.port === port);
          const url = sites[at]?.url ?? '';
          expect(await replayAll(url, answers, { headers: credentials(who) })).toEqual([]);
        }
      }
      for (const site of sites) await site.stop();
    });

    test('a master without ZooKeeper leads itself', async () => {
      const clock = fakeClock();
      const site = await startSite({ workDir: join(folder, 'standalone'), zk: false, clock });
      await until(clock, () => site.master.recovered);
      await clock.advance(2000);
      expect(await replayAll(site.url, standalone)).toEqual([]);
      await site.stop();
    });

    test('a master whose ZooKeeper refuses connections knows no leader', async () => {
      const clock = fakeClock();
      const site = await startSite({ workDir: join(folder, 'refused'), clock });
      await clock.advance(3000);
      expect(await replayAll(site.url, refused)).toEqual([]);
      await site.stop();
    });
  });
}

function credentials(who: string): Record<string, string> {
  if (who === 'none') return {};
  const secret = who === 'good' ? 'secret' : 'wrong';
  return { Authorization: `Basic ${Buffer.from(`ops:${secret}`).toString('base64')}` };
}

async function guardedPair(folder: string): Promise<readonly [Site, Site]> {
  const path = join(folder, 'credentials.json');
  writeFileSync(path, JSON.stringify({ credentials: [{ principal: 'ops', secret: 'secret' }] }));
  const argv = [
    ...['--authenticate_http_readonly', '--authenticate_http_readwrite'],
    `--credentials=file://${path}`,
  ];
  const clock = fakeClock();
  const start = (name: string) =>
    startSite({ argv, clock, quorum: 1, workDir: join(folder, name) });
  const sites: [Site, Site] = [await start('auth1'), await start('auth2')];
  for (const site of sites) site.seeLeader(sites[0].info);
  await until(clock, () => sites[0].master.recovered);
  await clock.advance(2000);
  return sites;
}
