/** Whole documents that the state consists of, wherever they are kept: in files of a data folder, or in a database that several servers share. */
import type { z } from 'zod';

export interface DocumentOptions<T> {
  /** As its file is called: `plans.json`. */
  readonly name: string;
  /** Parses what was read; its `schemaVersion` is told apart before. */
  readonly schema: z.ZodType<T>;
  readonly schemaVersion: number;
  /** By the layout that they begin with, steps to the next one: 1 makes the second layout of the first. */
  readonly upgrades?: Readonly<Record<number, (document: unknown) => unknown>>;
  /** Keeps the generation before as `FILE.bak`. Not for what must be gone when it is deleted. */
  readonly keepsBackup: boolean;
  /** What stands for it until somebody has written it. */
  readonly empty: () => T;
}

export interface StateDocument<T> {
  /** @throws StoreDamagedError, StoreTooNewError, StoreRefusedError, StateUnreachableError */
  read(): Promise<T>;
  /**
   * Reads, changes and writes while nobody else does; returns when that would survive a power cut.
   * @param change makes another document of the one that is there; what it throws changes nothing
   */
  change(change: (now: T) => T): Promise<T>;
  /** Another one after each change. */
  mark(): Promise<string>;
  /** Calls with the document whenever another server has changed it, until it is disposed. */
  follow(hear: (now: T) => void): Disposable;
}

/** A text that somebody writes by hand. */
export interface StateText {
  /** For people. */
  readonly place: string;
  /** Null where there is none. */
  read(): Promise<string | null>;
  mark(): Promise<string>;
}

export interface Documents {
  document<T extends object>(options: DocumentOptions<T>): StateDocument<T>;
  text(name: string): StateText;
}
