/** Gathers notices, so that what happens together is told together, and no kind is told more often than people can take. */
import { NoticeKind } from '../shared/desktop.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Notice } from './watch.ts';

/** What ends within this is one notice. */
const GATHER_MS = 1500;
/** Of one kind; what comes earlier waits and is told together. */
const QUIET_MS = 30_000;

export interface NoticeBoardParts {
  readonly clock: Clock;
  readonly isWished: (kind: NoticeKind) => boolean;
  /** At least one, all of one kind, each migration once. */
  readonly show: (kind: NoticeKind, notices: readonly Notice[]) => void;
}

interface Pile {
  readonly notices: Map<string, Notice>;
  alarm: Disposable | null;
  lastMs: number;
}

export class NoticeBoard implements Disposable {
  readonly #parts: NoticeBoardParts;
  readonly #piles = new Map<NoticeKind, Pile>(
    NoticeKind.options.map((kind) => [kind, { notices: new Map(), alarm: null, lastMs: -Infinity }]),
  );

  constructor(parts: NoticeBoardParts) {
    this.#parts = parts;
  }

  add(notice: Notice): void {
    const { clock, isWished } = this.#parts;
    const { kind, id } = notice;
    const pile = this.#piles.get(kind);
    if (pile === undefined || !isWished(kind)) return;
    pile.notices.set(id, notice);
    pile.alarm ??= clock.at(Math.max(clock.now() + GATHER_MS, pile.lastMs + QUIET_MS), () => this.#tell(kind, pile));
  }

  [Symbol.dispose](): void {
    for (const pile of this.#piles.values()) pile.alarm?.[Symbol.dispose]();
    this.#piles.clear();
  }

  #tell(kind: NoticeKind, pile: Pile): void {
    const notices = [...pile.notices.values()];
    pile.notices.clear();
    pile.alarm = null;
    pile.lastMs = this.#parts.clock.now();
    if (notices.length > 0 && this.#parts.isWished(kind)) this.#parts.show(kind, notices);
  }
}
