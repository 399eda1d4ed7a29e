import { api } from '../../api/client';
import { texts } from '../../texts/texts';
import { Undo } from './undo';

export function Page() {
  const t = texts();
  return <Undo title={t.undoPasskeyTitle} hint={t.undoPasskeyHint} done={t.undoPasskeyDone} undo={(token) => api.undoPasskey({ body: { token } })} />;
}
