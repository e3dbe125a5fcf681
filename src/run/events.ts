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
  | { readonly kind: 'reached'; readonly gate: Gate };

export type StepResult = 'started' | 'changed' | 'unchanged' | 'failed' | 'stopped';

/** Version of the form of events, JSON results and records; raised when a reader could break. */
export const schemaVersion = 1;

export type Report = (event: Event) => void;
