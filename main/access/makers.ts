/** Who made which migration, as the audit log tells: for rules about how many somebody may have at once. */
import type { AuditEntry } from '../shared/access.ts';
import { isOver } from '../shared/stages.ts';
import type { Look } from './access.ts';

export class Makers {
  readonly #makerOf = new Map<string, string>();

  readonly hear = ({ what, who, about, result }: AuditEntry): void => {
    const { id } = about;
    if (result !== 'done' || id === undefined) return;
    if (what === 'migrations.create' && !this.#makerOf.has(id)) this.#makerOf.set(id, who);
    if (what === 'migrations.delete') this.#makerOf.delete(id);
  };

  isOf(id: string, who: string): boolean {
    return this.#makerOf.get(id) === who;
  }

  /** How many of somebody's are not over; counts no further than `most`. */
  async unfinished(who: string, most: number, look: Look): Promise<number> {
    let count = 0;
    for (const [id, maker] of this.#makerOf) {
      if (maker !== who) continue;
      const { stage } = await look.migration(id).catch(() => ({ stage: 'cancelled' as const })); // it is gone
      if (!isOver(stage)) count += 1;
      if (count >= most) break;
    }
    return count;
  }
}
