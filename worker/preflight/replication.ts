/** The sides of a replication between Hyper-V hosts. */

/** Hyper-V Replica’s words for a machine that only receives what another host’s runs. */
export const PASSIVE_REPLICA = /replica$/i;
