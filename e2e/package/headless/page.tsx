// A page around the components of docs/headless.md.
import { createRoot } from 'react-dom/client'
import { Logout } from './app/components/Logout'
import { ShapesToken, useShapesToken } from './app/lib/useShapesToken'

function Token() {
  return <output>{useShapesToken() ?? 'none'}</output>
}

createRoot(document.getElementById('root')!).render(<><ShapesToken /><Token /><Logout /></>)
