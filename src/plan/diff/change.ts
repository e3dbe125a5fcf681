import type { Phase } from '../../services/service.ts';

/** One thing that a plan changes, with what is there before and after. Null stands for nothing. */
export type ItemChange =
  FileChange | FolderChange | ContainerChange | ImageChange | AppChange | ShareChange | OtherChange;

export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface FileChange {
  readonly kind: 'file';
  readonly path: string;
  readonly action: 'create' | 'change' | 'remove';
  readonly secret: boolean;
  /** Lines of the unified diff, without the names of the files; empty where there is none to show. */
  readonly diff: readonly string[];
  readonly linesAdded: number;
  readonly linesRemoved: number;
  /** Mode and owner, where they change. */
  readonly fields: readonly FieldChange[];
  /** Why there is no diff; empty if there is one. */
  readonly note: string;
}

export interface FolderChange {
  readonly kind: 'folder';
  readonly path: string;
  readonly action: 'create' | 'change';
  readonly fields: readonly FieldChange[];
}

export interface ContainerChange {
  readonly kind: 'container';
  readonly name: string;
  readonly action: 'create' | 'replace' | 'restart' | 'take-back' | 'remove';
  readonly fields: readonly FieldChange[];
  /** Why it is replaced if no field says it. */
  readonly note: string;
}

export interface ImageChange {
  readonly kind: 'image';
  readonly image: string;
  readonly action: 'pull';
}

export interface AppChange {
  readonly kind: 'app';
  readonly id: string;
  readonly action: 'create' | 'change' | 'restart' | 'remove';
  readonly fields: readonly FieldChange[];
  readonly note: string;
}

export interface ShareChange {
  readonly kind: 'share';
  readonly role: string;
  readonly action: 'change';
  readonly fields: readonly FieldChange[];
}

/** What is best told by its own words. */
export interface OtherChange {
  readonly kind: 'other';
  readonly action: 'do' | 'remove';
  readonly text: string;
}

/** What changes on one host, or in the services (host null), in one phase. */
export interface ChangeGroup {
  readonly phase: Phase;
  readonly host: string | null;
  readonly changes: readonly ItemChange[];
}

/** In the place of a value that nobody may read. */
export const masked = '(secret)';
export const maskedChange = '(secret, changes)';
