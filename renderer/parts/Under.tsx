/** A quiet sentence under a head: of when, of where, against what. */
import type { ReactNode } from 'react';
import classes from './Under.module.css';

export const Under = ({ children }: { readonly children: ReactNode }) => <p className={classes['under']}>{children}</p>;
