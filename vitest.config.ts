import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'lab/stand-ins/test/**/*.test.ts'],
          exclude: ['**/*.judge.test.ts'],
          // Against tests that hang; a busy machine takes its time, and no test asserts any.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'judges',
          include: [
            'test/judges/**/*.judge.test.ts',
            'lab/stand-ins/test/judges/**/*.judge.test.ts',
          ],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/global-setup.ts'],
          // Most of a story is waiting for time-outs of others; more than two would wait for the CPU.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
