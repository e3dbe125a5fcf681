import type { Gate } from '../plan/step.ts';
import type { Phase } from '../services/service.ts';

/** What happens during a run, for every sink: terminal, plain lines, NDJSON. */
export type Event =
  | { readonly kind: 'observing'; readonly hosts: number }
  | { readonly kind: 'observed'; readonly host: string; readonly error?: string }
  | { readonly kind: 'planned'; readonly changes: number }
  | {
      readonly kind: 'phase';
      readonly phase: Phase;
      readonly number: number;
      readonly idle: boolean;
    }
  | {
      readonly kind: 'step';
      readonly host: string;
      readonly step: string;
      readonly result: StepResult;
      /** Of interest only in sum: one folder of many. */
      readonly minor?: boolean;
    }
  | {
      readonly kind: 'waiting';
      readonly gate: Gate;
      readonly reason: string;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'settling'; readonly reason: string; readonly deadlineMs: number }
  /** A host, or the controllers, before something is stopped, or a new host on its way to work. */
  | {
      readonly kind: 'emptying';
      readonly place: string;
      readonly reason: string;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'reached'; readonly gate: Gate }
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'build';
      readonly controller: string;
      readonly moment: BuildMoment;
      readonly detail: string;
    }
  | {
      readonly kind: 'build-waiting';
      readonly controller: string;
      readonly reason: string;
      readonly deadlineMs: number;
    }
  /** Whole lines of a build's console, in order. */
  | { readonly kind: 'console'; readonly controller: string; readonly lines: readonly string[] };

/** What happens to a build, in this order; without a launch where a build agent was there before. */
export const buildMoments = ['queued', 'launched', 'online', 'started', 'finished'] as const;
export type BuildMoment = (typeof buildMoments)[number];

export type StepResult = 'started' | 'changed' | 'unchanged' | 'failed' | 'stopped';

/** Version of the form of events, JSON results and records; raised when a reader could break. */
export const schemaVersion = 1;

export type Report = (event: Event) => void;
