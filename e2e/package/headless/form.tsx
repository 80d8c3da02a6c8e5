// In place of React Router's, which needs a router around it.
export const Form = 'form'
