/** An OpenStack cloud as a destination: signed in, asked for its facts, given images, ports, volumes and a server. */
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import type { DestinationAbout, DestinationSignIn } from '../../../main/shared/connections.ts';
import type { Proof } from '../../../main/shared/converted-disk.ts';
import type { BootCheck, LedgerItem, MigrationOptions, MigrationPlan } from '../../../main/shared/migration.ts';
import {
  mayAlways,
  type DestinationDriver,
  type ImageSpec,
  type ImageUpload,
  type Ledger,
  type MayChange,
  type ProvisionedServer,
  type ServerSpec,
} from '../../drivers.ts';
import { watchBoot } from './boot-watch.ts';
import { CloudSession } from './cloud-session.ts';
import { cloudFacts } from './facts.ts';
import { handOver } from './handing-over.ts';
import { openImage } from './images.ts';
import type { Site } from './making.ts';
import { type Clock, wallClock } from './patience.ts';
import { removeLeftPort } from './left-ports.ts';
import { provision } from './provision.ts';
import { leftovers, undo } from './undo.ts';
import { verify } from './verify.ts';

/** @throws GutsError that says why it cannot sign in, or not into that project or region */
export async function openOpenstack(
  signIn: DestinationSignIn,
  signal: AbortSignal,
  { clock = wallClock, mayChange = mayAlways }: { readonly clock?: Clock; readonly mayChange?: MayChange } = {},
): Promise<DestinationDriver> {
  return openstackDriver({ session: await CloudSession.open(signIn, signal, clock, mayChange), clock });
}

/** Over a session that is signed in; disposing it closes that. */
export const openstackDriver = (site: Site): DestinationDriver => new OpenstackDriver(site);

class OpenstackDriver implements DestinationDriver {
  readonly about: DestinationAbout;
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
    this.about = site.session.about;
  }

  async facts(signal: AbortSignal): Promise<CloudFacts> {
    return await cloudFacts(this.#site.session, signal);
  }

  async removeLeftPort(port: { readonly id: string; readonly name: string }, signal: AbortSignal): Promise<void> {
    await removeLeftPort(this.#site, port, signal);
  }

  async openImage(spec: ImageSpec, ledger: Ledger, signal: AbortSignal): Promise<ImageUpload> {
    return await openImage(this.#site, spec, ledger, signal);
  }

  async provision(spec: ServerSpec, ledger: Ledger, signal: AbortSignal): Promise<ProvisionedServer> {
    return await provision(this.#site, spec, ledger, signal);
  }

  async watchBoot(server: ProvisionedServer, options: MigrationOptions, signal: AbortSignal): Promise<BootCheck> {
    return await watchBoot(this.#site, server, options, signal);
  }

  async verify(server: ProvisionedServer, plan: MigrationPlan, signal: AbortSignal): Promise<readonly Proof[]> {
    return await verify(this.#site, server, plan, signal);
  }

  async cleanUp(
    _server: ProvisionedServer,
    ledger: Ledger,
    options: MigrationOptions,
    signal: AbortSignal,
  ): Promise<void> {
    await handOver(this.#site, ledger, options, signal);
  }

  async undo(item: LedgerItem, signal: AbortSignal): Promise<void> {
    await undo(this.#site, item, signal);
  }

  async leftovers(signal: AbortSignal): Promise<LedgerItem[]> {
    return await leftovers(this.#site, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#site.session[Symbol.asyncDispose]();
  }
}
