import { version } from 'shapestoken'

console.log(version)
