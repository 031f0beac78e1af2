/** Which hardware guests get, as the engine would choose it for each, and why; a reason that many share is told once. */
import type { AssessmentSummary } from '../../main/shared/assessment.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { Profile } from '../../main/shared/migration.ts';
import { profileFor } from '../../main/shared/proposals/profile.ts';
import { lacksVirtio } from '../../main/shared/proposals/virtio.ts';

type Told = NonNullable<AssessmentSummary['profileChoices']>;

export class Hardware {
  readonly #told: { readonly reason: string; readonly choice: Told[number] }[] = [];
  readonly #places = new Map<string, number>();

  /** @returns the place of its reason in `reasons` and `choices` */
  of(vm: InventoryVm): { readonly profile: Profile; readonly reason: number } {
    const { value, reason } = profileFor(vm, 'auto');
    const place = this.#places.get(reason) ?? this.#told.length;
    const before = this.#told[place];
    if (before === undefined) {
      this.#places.set(reason, place);
      const { why, remedy } = value === 'virtio' ? { why: reason, remedy: null } : lacksVirtio(vm);
      this.#told.push({ reason, choice: { profile: value, reason: why, remedy, machines: 1 } });
    } else before.choice.machines += 1;
    return { profile: value, reason: place };
  }

  /** With what it costs. */
  reasons(): string[] {
    return this.#told.map(({ reason }) => reason);
  }

  /** Without: it is the same for all. */
  choices(): Told {
    return this.#told.map(({ choice }) => choice);
  }
}
