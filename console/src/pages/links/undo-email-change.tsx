import { api } from '../../api/client';
import { texts } from '../../texts/texts';
import { Undo } from './undo';

export function Page() {
  const t = texts();
  return <Undo title={t.undoEmailTitle} hint={t.undoEmailHint} done={t.undoEmailDone} undo={(token) => api.undoEmailChange({ body: { token } })} next="/forgot-password" />;
}
