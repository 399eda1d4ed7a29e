import { useEffect, useRef } from 'react';

/** Does something when the page opens, once: a code of an identity provider works once, and React runs effects twice in development. @param isWanted false if the person is asked before */
export function useOnce(act: () => void, isWanted = true): void {
  const hasBegun = useRef(!isWanted);
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    act();
  }, [act]);
}
