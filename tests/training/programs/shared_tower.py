import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model
from keras.optimizers import SGD, Adam, RMSprop

r = np.random.RandomState(7)


def fill(m):
    s = np.random.RandomState(5)
    for layer in m.layers:
        layer.set_weights([s.uniform(0.1, 0.5, x.shape) for x in layer.get_weights()])


def show(name, value):
    print('RESULT', name, np.round(np.asarray(value, dtype='float64'), 4).tolist())


def tell(h):
    for key in sorted(h.history):
        show(key, h.history[key])


def weights(m):
    for layer in m.layers:
        for x in layer.get_weights():
            show('weights', x.ravel()[:4])


def distance(v):
    return K.sqrt(K.sum(K.square(v[0] - v[1]), axis=1, keepdims=True))

def contrastive(y_true, y_pred):
    return K.mean(y_true * K.square(y_pred) + (1 - y_true) * K.square(K.maximum(1 - y_pred, 0)))

tower = Sequential()
tower.add(Dense(4, input_shape=(3,), activation='relu'))
tower.add(BatchNormalization())
tower.add(Dense(2))
a, b = Input(shape=(3,)), Input(shape=(3,))
d = Lambda(distance, output_shape=lambda s: (s[0][0], 1))([tower(a), tower(b)])
m = Model(input=[a, b], output=d)
fill(tower)
A, B, y = r.uniform(-1, 1, (10, 3)), r.uniform(-1, 1, (10, 3)), r.randint(0, 2, 10)
m.compile(loss=contrastive, optimizer=RMSprop())
tell(m.fit([A, B], y, nb_epoch=3, batch_size=4, verbose=0, shuffle=False, validation_data=([A, B], y)))
show('predicted', m.predict([A, B]).ravel())
weights(tower)
