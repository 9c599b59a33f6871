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


def make():
    m = Sequential()
    m.add(Dense(5, input_dim=4, activation='relu'))
    m.add(Dense(3, activation='softmax'))
    fill(m)
    m.compile(loss='categorical_crossentropy', optimizer='adadelta', metrics=['accuracy', 'precision'])
    return m

X, y = r.uniform(-1, 1, (10, 4)), np.eye(3)[r.randint(0, 3, 10)]
make().save('three.h5')

def resume(path, epochs):
    model = load_model(path)
    history = model.fit(X, y, nb_epoch=epochs, batch_size=4, verbose=0, shuffle=False)
    return model, history

model, history = resume('three.h5', 2)
tell(history)
show('batch', model.test_on_batch(X, y))
weights(model)
