import 'shapestoken/stub'
import 'shapestoken/script'
