/** What every screen is given. */

export interface ScreenProps {
  /** What stands for `:name` in the address. */
  readonly params: Readonly<Record<string, string>>;
}
