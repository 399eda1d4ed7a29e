import { api } from '../../api/client';
import { texts } from '../../texts/texts';
import { Undo } from './undo';

export function Page() {
  const t = texts();
  return <Undo title={t.undoFactorTitle} hint={t.undoFactorHint} done={t.undoFactorDone} undo={(token) => api.undoTotp({ body: { token } })} />;
}
