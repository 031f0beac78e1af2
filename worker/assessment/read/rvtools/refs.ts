/** Refs of hosts, datastores and networks: each is one thing’s alone, whichever vCenters the files are of. */

interface Thing {
  ref: string;
}

export class Refs {
  readonly #given = new Map<string, number>();
  readonly #things: { readonly thing: Thing; readonly server: string | null }[] = [];
  #isOfSeveral = false;

  /** Gives a thing a ref of its own: with a number behind it where another one has it, and nothing says that it is another vCenter’s. */
  settle(thing: Thing, server: string | null): void {
    const key = `${server ?? ''}\n${thing.ref}`;
    const before = this.#given.get(key) ?? 0;
    this.#given.set(key, before + 1);
    if (before > 0) thing.ref = `${thing.ref}#${before + 1}`;
    if (this.#isOfSeveral) addServer(thing, server);
    else this.#things.push({ thing, server });
  }

  /** Puts the vCenter behind each, as machines have it, once it is known that the files are of several. */
  addServers(): void {
    this.#isOfSeveral = true;
    for (const { thing, server } of this.#things.splice(0)) addServer(thing, server);
  }
}

function addServer(thing: Thing, server: string | null): void {
  if (server !== null) thing.ref = `${thing.ref}@${server}`;
}
