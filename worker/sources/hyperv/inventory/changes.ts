/** What is new, different or gone between two looks at an inventory. */
import type { InventoryPage } from '../../../../main/shared/inventory.ts';

const kinds = ['vms', 'networks', 'datastores', 'hosts'] as const;

export class Changes {
  /** What each thing was like, by its ref. */
  #known = new Map<string, string>();

  begin(): void {
    this.#known.clear();
  }

  note(page: InventoryPage): void {
    for (const [ref, text] of textsOf(page)) this.#known.set(ref, text);
  }

  /** @param pages everything that there is now @returns a page where something is another thing than before, else none */
  since(pages: readonly InventoryPage[]): InventoryPage[] {
    const before = this.#known;
    this.#known = new Map(pages.flatMap((page) => [...textsOf(page)]));
    const isNew = ({ ref }: { readonly ref: string }): boolean => this.#known.get(ref) !== before.get(ref);
    const page: InventoryPage = {
      vms: pages.flatMap(({ vms }) => vms.filter(isNew)),
      networks: pages.flatMap(({ networks }) => networks.filter(isNew)),
      datastores: pages.flatMap(({ datastores }) => datastores.filter(isNew)),
      hosts: pages.flatMap(({ hosts }) => hosts.filter(isNew)),
      gone: [...before.keys()].filter((ref) => !this.#known.has(ref)),
      tagged: [],
      warnings: pages.flatMap(({ warnings }) => warnings),
    };
    return page.gone.length > 0 || kinds.some((kind) => page[kind].length > 0) ? [page] : [];
  }
}

function* textsOf(page: InventoryPage): Generator<[string, string], void, void> {
  for (const kind of kinds) for (const thing of page[kind]) yield [thing.ref, JSON.stringify(thing)];
}
